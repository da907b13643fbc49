"""Takes requests' facts. Hands on a Measurement: everything that was seen."""
