"""The history of the schema, one file per step; never changed once released."""
