package nara.bus;

/**
 * Whatever travels over the event bus: an immutable record under the sealed interface of the
 * verticle that it belongs to. Within one JVM it goes by reference.
 */
public interface BusMessage {}
