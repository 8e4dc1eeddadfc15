package nara.mesh.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import nara.identity.Hashing;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyTest {
  @ParameterizedTest
  @ValueSource(
      ints = {
        0,
        1,
        490,
        Body.PIECE_BYTES - 1,
        Body.PIECE_BYTES,
        Body.PIECE_BYTES + 1,
        2 * Body.PIECE_BYTES,
        200_001
      })
  void body_keeps_and_hashes_all_chunks_in_order(int size) {
    Random random = new Random(size);
    byte[] head = new byte[size];
    byte[] tail = new byte[Body.PIECE_BYTES / 2 + 1];
    random.nextBytes(head);
    random.nextBytes(tail);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();

    Body.Writer out = new Body.Writer();
    for (int i = 0; i < 3; i++) {
      out.write(head);
      out.write(new byte[] {','});
      out.write(tail);
      expected.writeBytes(head);
      expected.write(',');
      expected.writeBytes(tail);
    }
    Body body = out.finish();

    assertThat(body.bytes()).isEqualTo(expected.toByteArray());
    assertThat(body.length()).isEqualTo(expected.size());
    assertThat(body.pieces())
        .allSatisfy(p -> assertThat(p).hasSizeLessThanOrEqualTo(Body.PIECE_BYTES));
    assertThat(body.hash())
        .isEqualTo(Hashing.sha256(expected.toByteArray()))
        .isEqualTo(Body.of(expected.toByteArray()).hash());
  }
}
