package nara.simulation.mutation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import nara.testing.Altered;

/**
 * A fault that is put back into the source of one class.
 *
 * <p>The changed class is compiled in memory, and a class loader of its own loads all classes of
 * this project anew, with that one in place of the right one.
 *
 * @param name what the fault does
 * @param type the class with the fault
 * @param right the text of its source that the fault replaces; it occurs once
 */
record Mutation(String name, String type, String right, String wrong) {
  /** The class of that name, in a world with the fault. */
  Class<?> load(String className) {
    Loader loader = new Loader(compile());
    try {
      return Class.forName(className, true, loader);
    } catch (ClassNotFoundException missing) {
      throw new IllegalStateException(missing);
    }
  }

  @Override
  public String toString() {
    return name;
  }

  private Map<String, byte[]> compile() {
    Path file = Path.of("src", "main", "java").resolve(type.replace('.', '/') + ".java");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8)) {
      String source = Altered.replace(Files.readString(file), right, wrong);
      ClassesInMemory classes = new ClassesInMemory(files);
      List<String> options =
          List.of(
              "-proc:none", "-nowarn", "-parameters", "-cp", System.getProperty("java.class.path"));
      boolean compiled =
          compiler
              .getTask(errors, classes, null, options, null, List.of(new Source(type, source)))
              .call();
      if (!compiled) {
        throw new IllegalStateException("the fault does not compile: " + errors);
      }
      return classes.toBytes();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String type, String text) {
      super(URI.create("string:///" + type.replace('.', '/') + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreErrors) {
      return text;
    }
  }

  private static final class ClassesInMemory
      extends ForwardingJavaFileManager<StandardJavaFileManager> {
    private final Map<String, ByteArrayOutputStream> outputs = new HashMap<>();

    ClassesInMemory(StandardJavaFileManager files) {
      super(files);
    }

    Map<String, byte[]> toBytes() {
      Map<String, byte[]> bytes = new HashMap<>();
      outputs.forEach((name, out) -> bytes.put(name, out.toByteArray()));
      return bytes;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        JavaFileManager.Location location,
        String className,
        JavaFileObject.Kind kind,
        FileObject sibling) {
      return new SimpleJavaFileObject(URI.create("mem:///" + className), kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          outputs.put(className, out);
          return out;
        }
      };
    }
  }

  /** Loads the classes of this project itself, and leaves all others to the usual loader. */
  private static final class Loader extends ClassLoader {
    private final Map<String, byte[]> changed;

    Loader(Map<String, byte[]> changed) {
      super(Mutation.class.getClassLoader());
      this.changed = changed;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("nara.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : define(name);
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      byte[] bytes = changed.get(name);
      if (bytes == null) {
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
          if (in == null) {
            throw new ClassNotFoundException(name);
          }
          bytes = in.readAllBytes();
        } catch (IOException unreadable) {
          throw new UncheckedIOException(unreadable);
        }
      }
      return defineClass(name, bytes, 0, bytes.length);
    }
  }
}
