"""Synthetic feeds of the five controllers, with trouble in known number and the truth beside it.

Nothing here describes a real person. Names are combined from Faker's Norwegian lists, e-mail
addresses and urls stand in domains reserved by RFC 2606, and telephone numbers in a series that
no operator was given. The same arguments give the same bytes: every draw comes from a seeded
generator, and no clock is read.
"""
