package nara;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the packages of this project that a package may depend on, without the leading {@code
 * nara.}. Each package states it in its {@code package-info.java}; ArchitectureTest compares it
 * with the compiled code. A name stands for that package alone; {@code "mesh.."} includes its
 * sub-packages; {@code ".."} stands for all packages.
 */
@Documented
@Target(ElementType.PACKAGE)
@Retention(RetentionPolicy.CLASS)
public @interface MayKnow {
  /** The packages, for example {@code {"event", "event.json", "identity"}}. */
  String[] value();
}
