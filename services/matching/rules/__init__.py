"""Pure decisions about searches and proposals, on frozen values: no IO, no clock."""
