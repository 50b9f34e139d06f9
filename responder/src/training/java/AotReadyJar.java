import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Enumeration;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// A jar whose classes all fit into the AOT cache: without signature, and without class files older
/// than Java 6. Native libraries, which have a directory of their own, are left out.
///
/// The JVM caches no class of a signed jar, and verifies each of them at every start, which costs
/// precert-ocsp half a second. OpenJDK does not require cryptographic providers to be signed. Equal
/// input gives equal output.
record AotReadyJar(Path jar) {
    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    private static final Pattern SIGNATURE =
            Pattern.compile("META-INF/[^/]*\\.(SF|RSA|DSA|EC)", Pattern.CASE_INSENSITIVE);

    /// Rewrites the jar in place unless it is ready already; its modification time stays.
    void rewrite() throws IOException {
        FileTime time = Files.getLastModifiedTime(jar);
        Path plain = jar.resolveSibling(jar.getFileName() + ".new");
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            if (isReady(zip)) {
                return;
            }
            try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(plain))) {
                copy(zip, out);
            }
        }
        Files.move(plain, jar, StandardCopyOption.REPLACE_EXISTING);
        Files.setLastModifiedTime(jar, time);
    }

    private static boolean isReady(ZipFile zip) throws IOException {
        for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
            ZipEntry entry = all.nextElement();
            if (isLeftOut(entry)
                    || OldClassFile.isClass(entry)
                            && OldClassFile.isOld(zip.getInputStream(entry))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLeftOut(ZipEntry entry) {
        return SIGNATURE.matcher(entry.getName()).matches()
                || NativeLibraries.isNativeLibrary(entry);
    }

    private static void copy(ZipFile zip, ZipOutputStream out) throws IOException {
        for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
            ZipEntry entry = all.nextElement();
            if (isLeftOut(entry)) {
                continue;
            }
            ZipEntry plain = new ZipEntry(entry.getName());
            plain.setTimeLocal(entry.getTimeLocal());
            out.putNextEntry(plain);
            if (entry.getName().equals(MANIFEST)) {
                manifest(zip, entry, out);
            } else if (OldClassFile.isClass(entry)) {
                out.write(OldClassFile.upgraded(zip.getInputStream(entry).readAllBytes()));
            } else {
                zip.getInputStream(entry).transferTo(out);
            }
            out.closeEntry();
        }
    }

    /// Writes the manifest without the hash of each class.
    private static void manifest(ZipFile zip, ZipEntry entry, OutputStream out) throws IOException {
        Manifest signed = new Manifest(zip.getInputStream(entry));
        Manifest plain = new Manifest();
        Attributes main = plain.getMainAttributes();
        main.putAll(signed.getMainAttributes());
        plain.write(out);
    }

    /// Class files older than Java 6 have no stack maps: the AOT cache accepts none of them, and
    /// the JVM verifies each of them slowly at every start. Verifying picocli's 176 took a tenth of
    /// the processor time of a start.
    private static final class OldClassFile {
        private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;

        // Between Java 6 and 8 the meaning of a class file did not change.
        private static final int TARGET = ClassFile.JAVA_8_VERSION;

        private static final ClassFile CLASS_FILE =
                ClassFile.of(
                        StackMapsOption.GENERATE_STACK_MAPS,
                        ClassHierarchyResolverOption.of(
                                ClassHierarchyResolver.ofResourceParsing(
                                        OldClassFile.class.getClassLoader())));
        private static final ClassTransform UPGRADE =
                ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
                        .andThen(
                                (builder, element) -> {
                                    if (element instanceof ClassFileVersion) {
                                        builder.withVersion(TARGET, 0);
                                    } else {
                                        builder.with(element);
                                    }
                                });

        private OldClassFile() {}

        static boolean isClass(ZipEntry entry) {
            return entry.getName().endsWith(".class") && !entry.getName().startsWith("META-INF/");
        }

        static boolean isOld(InputStream file) throws IOException {
            try (DataInputStream in = new DataInputStream(file)) {
                in.skipNBytes(Integer.BYTES + Short.BYTES);
                return in.readUnsignedShort() < FIRST_WITH_STACK_MAPS;
            }
        }

        /// The same class as a Java 8 class file; one that is new enough is returned unchanged.
        static byte[] upgraded(byte[] file) throws IOException {
            return isOld(new ByteArrayInputStream(file))
                    ? CLASS_FILE.transformClass(CLASS_FILE.parse(file), UPGRADE)
                    : file;
        }
    }
}
