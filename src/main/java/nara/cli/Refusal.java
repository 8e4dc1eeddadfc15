package nara.cli;

/**
 * A command cannot do what was asked, and its user can do something about it: the message is the
 * sentence that says what. It ends the command with exit code 2; {@link Main} prints it.
 */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Refusal(String sentence) {
    // Without a stack trace: it is an answer to the user, not a defect.
    super(sentence, null, false, false);
  }
}
