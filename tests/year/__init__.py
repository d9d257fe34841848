"""A simulated year: generated people live it under the five policies, told day by day."""
