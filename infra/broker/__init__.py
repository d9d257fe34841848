"""A real Apache Kafka of one's own, from its published jars: one broker in KRaft mode.

For a laptop and the tests. It listens on the loopback address alone, keeps what it is told in a
directory of its own, and dies with the process that started it, however that went.
"""
