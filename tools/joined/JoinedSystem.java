import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.CloudEventDeserializer;
import io.cloudevents.kafka.CloudEventSerializer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A joined system as its own people would write it: Apache's client and the CloudEvents SDK, each
 * as it comes. `consume <brokers> <topic> <count>` says each event as a line of JSON;
 * `produce <brokers> <topic>` sends one event for each key it reads, and says where it went.
 */
public class JoinedSystem {
  private static final ObjectMapper json = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    if (args[0].equals("consume")) consume(args[1], args[2], Integer.parseInt(args[3]));
    else produce(args[1], args[2]);
  }

  private static void consume(String brokers, String topic, int count) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", brokers, "auto.offset.reset", "earliest");
    try (KafkaConsumer<String, CloudEvent> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new CloudEventDeserializer())) {
      consumer.assign(
          consumer.partitionsFor(topic).stream().map(p -> new TopicPartition(topic, p.partition())).toList());
      for (int seen = 0; seen < count; )
        for (ConsumerRecord<String, CloudEvent> record : consumer.poll(Duration.ofSeconds(1))) {
          System.out.println(json.writeValueAsString(said(record)));
          seen++;
        }
    }
  }

  private static Map<String, Object> said(ConsumerRecord<String, CloudEvent> record) {
    CloudEvent event = record.value();
    Map<String, Object> attributes = new LinkedHashMap<>();
    for (String name : event.getAttributeNames()) attributes.put(name, String.valueOf(event.getAttribute(name)));
    for (String name : event.getExtensionNames()) attributes.put(name, String.valueOf(event.getExtension(name)));
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("partition", record.partition());
    line.put("key", record.key());
    line.put("attributes", attributes);
    line.put("data", event.getData() == null ? null : new String(event.getData().toBytes(), StandardCharsets.UTF_8));
    return line;
  }

  private static void produce(String brokers, String topic) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", brokers);
    try (KafkaProducer<String, CloudEvent> producer =
            new KafkaProducer<>(settings, new StringSerializer(), new CloudEventSerializer());
        BufferedReader keys = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      Map<String, Integer> places = new LinkedHashMap<>();
      for (String key = keys.readLine(); key != null; key = keys.readLine()) {
        CloudEvent event =
            CloudEventBuilder.v1()
                .withId(key)
                .withSource(URI.create("https://joined.example/registry"))
                .withType("joined.registry.noted.v1")
                .withData("application/json", "{\"text\":\"桂阳\"}".getBytes(StandardCharsets.UTF_8))
                .build();
        places.put(key, producer.send(new ProducerRecord<>(topic, key, event)).get().partition());
      }
      System.out.println(json.writeValueAsString(places));
    }
  }
}
