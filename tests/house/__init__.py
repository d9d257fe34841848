"""The house itself: its settings, its layout, its documents, its manners."""
