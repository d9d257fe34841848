"""The outermost ring: everything that touches a key, a database, a file, a broker or a terminal.

Rooms are named by what may hold key material and by the outside thing they touch: ``keys``,
``store``, ``views``, ``codec``, ``feeds``, ``embedded``, ``proof``, ``demo``, ``cli``. ``house``
wires them together.
"""
