package nara.bus;

/**
 * A message that is answered.
 *
 * @param <R> the type of the answer
 */
public interface Request<R extends BusMessage> extends BusMessage {}
