package nara.fuzz;

import java.util.List;

/** Something that must cope with arbitrary bytes, with the properties that hold for all of them. */
public interface FuzzTarget {
  /** Valid inputs and near ones, from which the fuzzer begins. */
  List<byte[]> seeds() throws Exception;

  /**
   * Reads the input and checks the properties. A failure that the code declares is a result like
   * any other; an {@link AssertionError} or any other exception is a finding.
   */
  void run(byte[] input) throws Exception;
}
