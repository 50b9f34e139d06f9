import java.io.IOException;
import java.io.OutputStream;
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

/// A jar all of whose classes Java can prepare: without signature, and without classes in the form
/// of before Java 6. Native libraries, which lie in a folder of their own, are left out.
///
/// Java prepares no class of a signed jar, and checks every class of one anew at each start, which
/// costs precert-ocsp half a second. OpenJDK asks no signature of a cryptographic provider. Equal
/// input makes equal output.
record PlainJar(Path jar) {
    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    private static final Pattern SIGNATURE =
            Pattern.compile("META-INF/[^/]*\\.(SF|RSA|DSA|EC)", Pattern.CASE_INSENSITIVE);

    /// Leaves a jar alone that is plain; the file's time stays.
    void write() throws IOException {
        FileTime time = Files.getLastModifiedTime(jar);
        Path plain = jar.resolveSibling(jar.getFileName() + ".plain");
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            if (isPlain(zip)) {
                return;
            }
            try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(plain))) {
                copy(zip, out);
            }
        }
        Files.move(plain, jar, StandardCopyOption.REPLACE_EXISTING);
        Files.setLastModifiedTime(jar, time);
    }

    private static boolean isPlain(ZipFile zip) throws IOException {
        for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
            ZipEntry entry = all.nextElement();
            if (isLeftOut(entry)
                    || OldClass.isNamedSo(entry) && OldClass.isOne(zip.getInputStream(entry))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLeftOut(ZipEntry entry) {
        return SIGNATURE.matcher(entry.getName()).matches() || NativeLibraries.isOne(entry);
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
            } else if (OldClass.isNamedSo(entry)) {
                out.write(OldClass.renewed(zip.getInputStream(entry).readAllBytes()));
            } else {
                zip.getInputStream(entry).transferTo(out);
            }
            out.closeEntry();
        }
    }

    /// Without the hash of every class.
    private static void manifest(ZipFile zip, ZipEntry entry, OutputStream out) throws IOException {
        Manifest signed = new Manifest(zip.getInputStream(entry));
        Manifest plain = new Manifest();
        Attributes main = plain.getMainAttributes();
        main.putAll(signed.getMainAttributes());
        plain.write(out);
    }
}
