"""The contracts on the wire and in the log, as Avro schemas with every field classified."""
