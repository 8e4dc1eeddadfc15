package nara.bus;

/**
 * A message that gets a reply.
 *
 * @param <R> the type of the reply
 */
public interface Request<R extends BusMessage> extends BusMessage {}
