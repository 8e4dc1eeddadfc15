package nara.mesh.wire;

import nara.bounds.SafeText;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.TooManyElementsException;
import nara.identity.PublicKey;

/** Reads the JSON objects in bodies of the mesh, within {@link MeshLimits}. */
public final class MeshJson {
  private MeshJson() {}

  /** A table for the fields of a body. Fields in another case are skipped like unknown ones. */
  public static JsonFields fields() {
    return new JsonFields(MeshLimits.TEXT_BYTES, true);
  }

  /** Reads the known fields of a body; lists of events are cut, but their events are not read. */
  public static JsonRecord read(JsonFields fields, byte[] json) throws MeshException {
    try {
      return fields.cut(json, MeshLimits.JSON_MEMBERS, MeshLimits.TEXT_BYTES);
    } catch (TooManyElementsException tooMany) {
      throw new MeshException(MeshFailure.TOO_LARGE, tooMany.getMessage());
    } catch (MalformedJsonException malformed) {
      throw new MeshException(
          MeshFailure.MALFORMED, "malformed JSON: " + SafeText.excerpt(malformed.getMessage()));
    }
  }

  /** The public key of a nara in a body, which must have one. */
  static PublicKey publicKey(JsonRecord body, String name) throws MeshException {
    String missing = "no public key of " + SafeText.excerpt(name);
    return PublicKey.parse(body.text("public_key"))
        .orElseThrow(() -> new MeshException(MeshFailure.MALFORMED, missing));
  }
}
