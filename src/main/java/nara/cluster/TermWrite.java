package nara.cluster;

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
 * A write of one partition's entries, made where they live, by the member that owns them: only
 * there can its term be compared with the highest that this member knows. An answer other than null
 * is that one: the write was refused, and nothing was changed.
 *
 * <p>What holds no bytes is removed.
 */
final class TermWrite
    implements EntryProcessor<String, byte[], Long>, HazelcastInstanceAware, DataSerializable {
  private static final long serialVersionUID = 1L;

  private long term;
  private boolean keepsWhatIsThere;
  private transient Map<String, byte[]> entries = new HashMap<>();
  private transient Terms terms;
  private transient boolean backup;
  private transient boolean decided;
  private transient boolean refused;

  /** For reading. */
  TermWrite() {}

  /**
   * A write.
   *
   * @param keepsWhatIsThere whether an entry that is there stays as it is, and nobody is told
   */
  TermWrite(long term, Map<String, byte[]> entries, boolean keepsWhatIsThere) {
    this.term = term;
    this.entries = entries;
    this.keepsWhatIsThere = keepsWhatIsThere;
  }

  @Override
  public Long process(Map.Entry<String, byte[]> entry) {
    if (!decided) {
      decided = true;
      refused = !backup && !terms.admit(term);
    }
    if (refused) {
      return terms.highest();
    }
    byte[] bytes = entries.get(entry.getKey());
    if (!keepsWhatIsThere || bytes == null || entry.getValue() == null) {
      entry.setValue(bytes == null || bytes.length == 0 ? null : bytes);
    }
    return null;
  }

  /** The backup does what the owner did, without asking again. */
  @Override
  public EntryProcessor<String, byte[], Long> getBackupProcessor() {
    if (refused) {
      return null;
    }
    TermWrite copy = new TermWrite(term, entries, keepsWhatIsThere);
    copy.backup = true;
    return copy;
  }

  @Override
  public void setHazelcastInstance(HazelcastInstance instance) {
    terms = (Terms) instance.getUserContext().get(Maps.TERMS);
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeLong(term);
    out.writeBoolean(keepsWhatIsThere);
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
    keepsWhatIsThere = in.readBoolean();
    backup = in.readBoolean();
    int size = in.readInt();
    entries = new HashMap<>(size * 2);
    for (int i = 0; i < size; i++) {
      String key = in.readString();
      entries.put(key, in.readByteArray());
    }
  }
}
