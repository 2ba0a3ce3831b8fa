"""The process that gives titles their vectors, and how it is asked.

It is one of its own, started by whoever works off the titles: what the model does to memory or processor, or that it
dies, harms nobody who proposes. It reads texts and writes vectors, and knows neither database nor passwords.
"""
