package nara.cluster.map;

import io.vertx.core.buffer.Buffer;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import nara.event.EventId;
import nara.identity.PublicKey;

/**
 * Writes records as bytes for another member of the same version, and reads them again: the few
 * messages between members, and the progress of a recovery. The form follows from the records
 * themselves, so a message that gains a component needs nothing here.
 *
 * <p>It knows records, sealed interfaces of records, lists, sets, maps, optionals, enums, texts,
 * numbers, times, event ids and keys; {@link #unsupportedType} tells beforehand whether a type is
 * made of those. What cannot be read is an {@link IllegalArgumentException}.
 */
public final class RecordCodec {
  /** Entries of one list: more than any page of a peer holds. */
  private static final int MAX_ENTRIES = 1 << 20;

  private RecordCodec() {}

  /** The bytes of a record, as a value of that type. */
  public static Buffer encode(Type type, Object value) {
    Buffer out = Buffer.buffer();
    encode(out, type, value);
    return out;
  }

  /** Reads what {@link #encode(Type, Object)} wrote for the same type. */
  public static <T> T decode(Class<T> type, Buffer bytes) {
    Decoder decoder = new Decoder(bytes);
    try {
      T value = type.cast(decoder.decodeValue(type));
      if (decoder.position != bytes.length()) {
        throw new IllegalArgumentException("bytes are left over");
      }
      return value;
    } catch (IndexOutOfBoundsException cut) {
      // Cut short, or a kind or a constant that there is not.
      throw new IllegalArgumentException("the bytes are not of this kind", cut);
    }
  }

  /** Whether values of that type can be written; the answer names the part that cannot. */
  static Optional<String> unsupportedType(Type type) {
    return unsupportedType(type, new LinkedHashSet<>());
  }

  private static Optional<String> unsupportedType(Type type, Set<Type> looked) {
    if (!looked.add(type)) {
      return Optional.empty();
    }
    if (type instanceof ParameterizedType of) {
      boolean known =
          List.of(List.class, Set.class, Map.class, Optional.class).contains(of.getRawType());
      return known
          ? firstUnsupported(Arrays.asList(of.getActualTypeArguments()), looked)
          : unsupported(type);
    }
    if (!(type instanceof Class<?> one)) {
      return unsupported(type);
    }
    if (one.isRecord() && one != EventId.class) {
      return firstUnsupported(
          Arrays.stream(one.getRecordComponents()).map(RecordComponent::getGenericType).toList(),
          looked);
    }
    if (one.isSealed()) {
      return firstUnsupported(Arrays.<Type>asList(one.getPermittedSubclasses()), looked);
    }
    return one.isEnum() || SCALAR_TYPES.contains(one) ? Optional.empty() : unsupported(type);
  }

  private static final Set<Class<?>> SCALAR_TYPES =
      Set.of(
          int.class,
          Integer.class,
          long.class,
          Long.class,
          boolean.class,
          Boolean.class,
          double.class,
          Double.class,
          String.class,
          byte[].class,
          Duration.class,
          Instant.class,
          EventId.class,
          PublicKey.class);

  private static Optional<String> firstUnsupported(Collection<Type> types, Set<Type> looked) {
    return types.stream()
        .map(type -> unsupportedType(type, looked))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> unsupported(Type type) {
    return Optional.of(type.getTypeName());
  }

  private static void encode(Buffer out, Type type, Object value) {
    switch (value) {
      case Integer number -> out.appendInt(number);
      case Long number -> out.appendLong(number);
      case Boolean flag -> out.appendByte((byte) (flag ? 1 : 0));
      case Double number -> out.appendDouble(number);
      case String text -> encodeBytes(out, text.getBytes(StandardCharsets.UTF_8));
      case byte[] bytes -> encodeBytes(out, bytes);
      case Duration time -> out.appendLong(time.getSeconds()).appendInt(time.getNano());
      case Instant time -> out.appendLong(time.getEpochSecond()).appendInt(time.getNano());
      case EventId id -> out.appendLong(id.high()).appendLong(id.low());
      case PublicKey key -> out.appendBytes(key.bytes());
      case Enum<?> one -> out.appendInt(one.ordinal());
      case Optional<?> optional -> {
        out.appendByte((byte) (optional.isPresent() ? 1 : 0));
        optional.ifPresent(inner -> encode(out, typeArgument(type, 0), inner));
      }
      case Collection<?> many -> {
        out.appendInt(many.size());
        many.forEach(one -> encode(out, typeArgument(type, 0), one));
      }
      case Map<?, ?> map -> {
        out.appendInt(map.size());
        map.forEach(
            (key, one) -> {
              encode(out, typeArgument(type, 0), key);
              encode(out, typeArgument(type, 1), one);
            });
      }
      case Record one -> encodeRecord(out, (Class<?>) type, one);
      default -> throw new IllegalArgumentException(value.getClass() + " cannot be written");
    }
  }

  private static void encodeRecord(Buffer out, Class<?> type, Record value) {
    if (type.isSealed()) {
      List<Class<?>> kinds = variants(type);
      int kind = kinds.indexOf(value.getClass());
      if (kind < 0) {
        throw new IllegalArgumentException(value.getClass() + " is no " + type);
      }
      out.appendByte((byte) kind);
    }
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        encode(out, component.getGenericType(), component.getAccessor().invoke(value));
      } catch (ReflectiveOperationException impossible) {
        throw new IllegalStateException("a record can be read", impossible);
      }
    }
  }

  private static void encodeBytes(Buffer out, byte[] bytes) {
    out.appendInt(bytes.length).appendBytes(bytes);
  }

  /** The records of a sealed interface, also of those within it, by name. */
  private static List<Class<?>> variants(Class<?> type) {
    Map<String, Class<?>> kinds = new TreeMap<>();
    for (Class<?> kind : type.getPermittedSubclasses()) {
      if (kind.isRecord()) {
        kinds.put(kind.getName(), kind);
      } else {
        variants(kind).forEach(inner -> kinds.put(inner.getName(), inner));
      }
    }
    return List.copyOf(kinds.values());
  }

  private static Type typeArgument(Type type, int place) {
    return ((ParameterizedType) type).getActualTypeArguments()[place];
  }

  /** Where reading is. */
  private static final class Decoder {
    private final Buffer bytes;
    private int position;

    Decoder(Buffer bytes) {
      this.bytes = bytes;
    }

    Object decodeValue(Type type) {
      if (type instanceof ParameterizedType of) {
        return decodeContainer(of);
      }
      Class<?> one = (Class<?>) type;
      if (one == int.class || one == Integer.class) {
        return readInt();
      } else if (one == long.class || one == Long.class) {
        return readLong();
      } else if (one == boolean.class || one == Boolean.class) {
        return bytes.getByte(position++) != 0;
      } else if (one == double.class || one == Double.class) {
        return Double.longBitsToDouble(readLong());
      } else if (one == String.class) {
        return new String(readBytes(readCount(bytes.length())), StandardCharsets.UTF_8);
      } else if (one == byte[].class) {
        return readBytes(readCount(bytes.length()));
      } else if (one == Duration.class) {
        return Duration.ofSeconds(readLong(), readInt());
      } else if (one == Instant.class) {
        return Instant.ofEpochSecond(readLong(), readInt());
      } else if (one == EventId.class) {
        return new EventId(readLong(), readLong());
      } else if (one == PublicKey.class) {
        return PublicKey.of(readBytes(PublicKey.LENGTH));
      } else if (one.isEnum()) {
        return one.getEnumConstants()[readInt()];
      } else if (one.isSealed()) {
        return decodeRecord(variants(one).get(bytes.getByte(position++)));
      }
      return decodeRecord(one);
    }

    private Object decodeContainer(ParameterizedType type) {
      Type inner = type.getActualTypeArguments()[0];
      if (type.getRawType() == Optional.class) {
        return bytes.getByte(position++) == 0 ? Optional.empty() : Optional.of(decodeValue(inner));
      }
      int size = readCount(MAX_ENTRIES);
      if (type.getRawType() == Map.class) {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
          map.put(decodeValue(inner), decodeValue(type.getActualTypeArguments()[1]));
        }
        return map;
      }
      List<Object> list = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        list.add(decodeValue(inner));
      }
      return type.getRawType() == Set.class ? new LinkedHashSet<>(list) : list;
    }

    private Object decodeRecord(Class<?> type) {
      RecordComponent[] components = type.getRecordComponents();
      if (components == null) {
        throw new IllegalArgumentException(type + " cannot be read");
      }
      Object[] values = new Object[components.length];
      Class<?>[] types = new Class<?>[components.length];
      for (int i = 0; i < components.length; i++) {
        types[i] = components[i].getType();
        values[i] = decodeValue(components[i].getGenericType());
      }
      try {
        Constructor<?> made = type.getDeclaredConstructor(types);
        made.setAccessible(true);
        return made.newInstance(values);
      } catch (InvocationTargetException refused) {
        throw new IllegalArgumentException("no " + type, refused.getCause());
      } catch (ReflectiveOperationException impossible) {
        throw new IllegalStateException("a record can be made", impossible);
      }
    }

    private int readInt() {
      position += Integer.BYTES;
      return bytes.getInt(position - Integer.BYTES);
    }

    private long readLong() {
      position += Long.BYTES;
      return bytes.getLong(position - Long.BYTES);
    }

    private int readCount(int max) {
      int count = readInt();
      if (count < 0 || count > max) {
        throw new IllegalArgumentException("an impossible size: " + count);
      }
      return count;
    }

    private byte[] readBytes(int count) {
      position += count;
      return bytes.getBytes(position - count, position);
    }
  }
}
