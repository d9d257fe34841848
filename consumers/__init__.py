"""What happens when something arrives: a fact from upstream, or an order to erase.

Consumers translate, seal, decide and append. Ingest holds a Sealer and no Opener. The erasure
process opens two things: each source's own id for the person, to tell the source, and the dead
tokens it tries when it verifies.
"""
