"""The picture of a layered network: pure geometry, in centimetres."""
