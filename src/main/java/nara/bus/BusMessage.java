package nara.bus;

/** A message on the event bus: an immutable record under the sealed interface of its verticle. */
public interface BusMessage {}
