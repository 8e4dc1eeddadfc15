package nara.cluster.map;

import io.vertx.core.buffer.Buffer;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import nara.event.EventId;
import nara.identity.PublicKey;

/**
 * Encodes records as bytes for members of the same version: their messages, and the progress of a
 * recovery. The encoding follows from the record components, by reflection.
 *
 * <p>Supported are records, sealed interfaces of records, lists, sets, maps, optionals, enums,
 * strings, numbers, times, event ids and keys. Unreadable bytes are an {@link
 * IllegalArgumentException}.
 */
public final class RecordCodec {
  /** Entries of one collection: more than any page of a peer holds. */
  private static final int MAX_ENTRIES = 1 << 20;

  private static final Map<Class<?>, Function<Decoder, Object>> SCALAR_DECODERS =
      Map.ofEntries(
          scalar(int.class, Decoder::readInt),
          scalar(Integer.class, Decoder::readInt),
          scalar(long.class, Decoder::readLong),
          scalar(Long.class, Decoder::readLong),
          scalar(boolean.class, Decoder::readBoolean),
          scalar(Boolean.class, Decoder::readBoolean),
          scalar(double.class, Decoder::readDouble),
          scalar(Double.class, Decoder::readDouble),
          scalar(byte[].class, Decoder::readBytes),
          scalar(String.class, in -> new String(in.readBytes(), StandardCharsets.UTF_8)),
          scalar(Duration.class, in -> Duration.ofSeconds(in.readLong(), in.readInt())),
          scalar(Instant.class, in -> Instant.ofEpochSecond(in.readLong(), in.readInt())),
          scalar(EventId.class, in -> new EventId(in.readLong(), in.readLong())),
          scalar(PublicKey.class, in -> PublicKey.of(in.readBytes(PublicKey.LENGTH))));

  private RecordCodec() {}

  private static Map.Entry<Class<?>, Function<Decoder, Object>> scalar(
      Class<?> type, Function<Decoder, Object> decoder) {
    return Map.entry(type, decoder);
  }

  /** Encodes a value as that type. */
  public static Buffer encode(Type type, Object value) {
    Buffer out = Buffer.buffer();
    encode(out, type, value);
    return out;
  }

  /** Decodes the output of {@link #encode(Type, Object)} for the same type. */
  public static <T> T decode(Class<T> type, Buffer bytes) {
    Decoder decoder = new Decoder(bytes);
    try {
      T value = type.cast(decoder.decodeValue(type));
      if (decoder.position != bytes.length()) {
        throw new IllegalArgumentException(
            (bytes.length() - decoder.position) + " bytes follow the value");
      }
      return value;
    } catch (IndexOutOfBoundsException | DateTimeException | ArithmeticException invalid) {
      // The bytes are truncated, name an unknown variant or constant, or a time out of range.
      throw new IllegalArgumentException("the bytes do not encode a " + type.getName(), invalid);
    }
  }

  /** Whether this type has an encoding of its own. */
  static boolean isScalar(Class<?> type) {
    return type.isEnum() || SCALAR_DECODERS.containsKey(type);
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
      default -> throw new IllegalArgumentException(value.getClass() + " cannot be encoded");
    }
  }

  private static void encodeRecord(Buffer out, Class<?> type, Record value) {
    if (type.isSealed()) {
      int variant = variants(type).indexOf(value.getClass());
      if (variant < 0) {
        throw new IllegalArgumentException(value.getClass() + " is not a " + type);
      }
      out.appendByte((byte) variant);
    }
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        encode(out, component.getGenericType(), component.getAccessor().invoke(value));
      } catch (ReflectiveOperationException impossible) {
        throw new IllegalStateException("cannot read " + component, impossible);
      }
    }
  }

  private static void encodeBytes(Buffer out, byte[] bytes) {
    out.appendInt(bytes.length).appendBytes(bytes);
  }

  /** The records of a sealed interface and of sealed interfaces within it, sorted by name. */
  private static List<Class<?>> variants(Class<?> type) {
    return Arrays.stream(type.getPermittedSubclasses())
        .<Class<?>>flatMap(one -> one.isRecord() ? Stream.of(one) : variants(one).stream())
        .sorted(Comparator.comparing(Class::getName))
        .toList();
  }

  private static Type typeArgument(Type type, int index) {
    return ((ParameterizedType) type).getActualTypeArguments()[index];
  }

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
      if (SCALAR_DECODERS.containsKey(one)) {
        return SCALAR_DECODERS.get(one).apply(this);
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
        return readBoolean() ? Optional.of(decodeValue(inner)) : Optional.empty();
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
        throw new IllegalArgumentException(type + " cannot be decoded");
      }
      Object[] values = new Object[components.length];
      Class<?>[] types = new Class<?>[components.length];
      for (int i = 0; i < components.length; i++) {
        types[i] = components[i].getType();
        values[i] = decodeValue(components[i].getGenericType());
      }
      try {
        Constructor<?> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor.newInstance(values);
      } catch (InvocationTargetException refused) {
        throw new IllegalArgumentException("invalid values for " + type, refused.getCause());
      } catch (ReflectiveOperationException impossible) {
        throw new IllegalStateException("cannot construct " + type, impossible);
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

    private boolean readBoolean() {
      return bytes.getByte(position++) != 0;
    }

    private double readDouble() {
      return Double.longBitsToDouble(readLong());
    }

    private int readCount(int max) {
      int count = readInt();
      if (count < 0 || count > max) {
        throw new IllegalArgumentException("size " + count + " is outside 0 to " + max);
      }
      return count;
    }

    private byte[] readBytes() {
      return readBytes(readCount(bytes.length()));
    }

    private byte[] readBytes(int count) {
      position += count;
      return bytes.getBytes(position - count, position);
    }
  }
}
