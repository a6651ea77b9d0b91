"""The room: people in seats, control at its desk, a shared screen, around one session on one machine."""
