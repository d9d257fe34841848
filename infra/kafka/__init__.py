"""Kafka: facts come in from its topics and go out to them, by the log's rules and not by its own.

Kafka's offsets and transactions decide nothing here: the place in a partition is kept in the event
database, in the transaction that stores the facts, and told to Kafka afterwards as a hint.
"""
