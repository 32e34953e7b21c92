"""What a net is made of and how it behaves: summaries, statistics of blobs, costs."""
