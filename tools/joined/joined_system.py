"""A joined system on librdkafka, as its client for Python comes.

`joined_system.py <brokers> <topic> [<partitioner>]` sends one record for each key it reads and says
where it went. Without a partitioner librdkafka's own decides.
"""

import json
import sys

from confluent_kafka import Producer

brokers, topic, *partitioner = sys.argv[1:]
settings = {"bootstrap.servers": brokers}
if partitioner:
    settings["partitioner"] = partitioner[0]

places = {}


def delivered(error, message):
    if error is not None:
        raise RuntimeError(error)
    places[message.key().decode()] = message.partition()


producer = Producer(settings)
for line in sys.stdin.read().splitlines():
    producer.produce(topic, key=line.encode(), value=b"{}", on_delivery=delivered)
producer.flush()
print(json.dumps(places))
