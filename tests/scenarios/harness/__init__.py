"""What the scenarios share: a person's hands and eyes in the room, the cloud behind it, and the verdict at the end of each."""
