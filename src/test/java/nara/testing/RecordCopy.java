package nara.testing;

import java.lang.reflect.RecordComponent;

/** Copies records with one component replaced, so that main code needs no method for tests. */
public final class RecordCopy {
  private RecordCopy() {}

  /** A copy of the record with another value for the named component. */
  @SuppressWarnings("unchecked") // the constructor makes what it was taken from
  public static <R extends Record> R with(R original, String component, Object value) {
    RecordComponent[] components = original.getClass().getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    boolean found = false;
    try {
      for (int i = 0; i < components.length; i++) {
        boolean replaced = components[i].getName().equals(component);
        types[i] = components[i].getType();
        values[i] = replaced ? value : components[i].getAccessor().invoke(original);
        found |= replaced;
      }
      if (!found) {
        throw new IllegalArgumentException(original.getClass() + " has no " + component);
      }
      return (R) original.getClass().getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException("a public record can be copied", impossible);
    }
  }
}
