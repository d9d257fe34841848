"""What recruiters and officers ask of the views: the one place where tokens are opened to be read.

Each question takes a :class:`infra.views.queries.desk.Desk` and an
:class:`infra.views.queries.desk.Asker`, reads one page, records who looks at whom, opens the
page's tokens in one call, and returns frozen dataclasses. ``KeyUnavailable``, ``SealBroken`` and
``GateClosed`` pass through: an outage is never told as an erasure.
"""
