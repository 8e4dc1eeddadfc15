package nara.cluster.map;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * A write to entries of one partition. It runs on the member that owns the partition, which
 * compares the write's term with the highest term it knows. The result is null, or the higher term
 * that refused the write. A refused write changes nothing.
 *
 * <p>A value without bytes removes its entry.
 */
final class FencedWrite
    implements EntryProcessor<String, byte[], Long>, HazelcastInstanceAware, DataSerializable {
  private static final long serialVersionUID = 1L;

  private long term;
  private boolean onlyIfAbsent;
  private transient Map<String, byte[]> entries = new HashMap<>();
  private transient TermTracker tracker;
  private transient boolean backup;
  private transient boolean termChecked;
  private transient boolean refused;

  /** For deserialization. */
  FencedWrite() {}

  /**
   * @param onlyIfAbsent keeps existing entries, without a notification, except retracted events
   */
  FencedWrite(long term, Map<String, byte[]> entries, boolean onlyIfAbsent) {
    this.term = term;
    this.entries = entries;
    this.onlyIfAbsent = onlyIfAbsent;
  }

  @Override
  public Long process(Map.Entry<String, byte[]> entry) {
    if (!termChecked) {
      termChecked = true;
      refused = !backup && !tracker.admit(term);
    }
    if (refused) {
      return tracker.highest();
    }
    byte[] bytes = entries.get(entry.getKey());
    if (!onlyIfAbsent || bytes == null || isAbsent(entry.getValue())) {
      entry.setValue(bytes == null || bytes.length == 0 ? null : bytes);
    }
    return null;
  }

  private static boolean isAbsent(byte[] value) {
    return value == null || EventEntry.isRetracted(value);
  }

  /** A backup repeats what the owner did, without another check of the term. */
  @Override
  public EntryProcessor<String, byte[], Long> getBackupProcessor() {
    if (refused) {
      return null;
    }
    FencedWrite copy = new FencedWrite(term, entries, onlyIfAbsent);
    copy.backup = true;
    return copy;
  }

  @Override
  public void setHazelcastInstance(HazelcastInstance instance) {
    tracker = (TermTracker) instance.getUserContext().get(TermTracker.CONTEXT_KEY);
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeLong(term);
    out.writeBoolean(onlyIfAbsent);
    out.writeBoolean(backup);
    out.writeInt(entries.size());
    for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
      out.writeString(entry.getKey());
      out.writeByteArray(entry.getValue());
    }
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    term = in.readLong();
    onlyIfAbsent = in.readBoolean();
    backup = in.readBoolean();
    int size = in.readInt();
    entries = new HashMap<>(size * 2);
    for (int i = 0; i < size; i++) {
      String key = in.readString();
      entries.put(key, in.readByteArray());
    }
  }
}
