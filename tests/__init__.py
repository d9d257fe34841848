"""The proof, room by room. Every folder here is a package, so that none hides a real one."""
