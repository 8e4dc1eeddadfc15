package nara.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyTest {
  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 490, Body.PIECE - 1, Body.PIECE, Body.PIECE + 1, 2 * Body.PIECE, 200_001})
  void what_is_gathered_is_all_there_in_order_and_hashed(int size) {
    Random random = new Random(size);
    byte[] head = new byte[size];
    byte[] tail = new byte[Body.PIECE / 2 + 1];
    random.nextBytes(head);
    random.nextBytes(tail);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();

    Body.Writer out = new Body.Writer();
    for (int i = 0; i < 3; i++) {
      out.write(head);
      out.write((byte) ',');
      out.write(tail);
      expected.writeBytes(head);
      expected.write(',');
      expected.writeBytes(tail);
    }
    Body body = out.end();

    assertThat(body.bytes()).isEqualTo(expected.toByteArray());
    assertThat(body.length()).isEqualTo(expected.size());
    assertThat(body.pieces()).allSatisfy(p -> assertThat(p).hasSizeLessThanOrEqualTo(Body.PIECE));
    assertThat(body.hash())
        .isEqualTo(Sha256.start().digest(expected.toByteArray()))
        .isEqualTo(Body.of(expected.toByteArray()).hash());
  }
}
