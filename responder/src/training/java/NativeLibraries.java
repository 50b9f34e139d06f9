import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.rocksdb.util.Environment;

/// Extracts the native libraries inside jars to files. Otherwise each start copies 27 MB to `/tmp`,
/// where they remain if the process is killed, and fails if `/tmp` is mounted `noexec`. The launch
/// script sets the path to them.
///
/// @param folder directory to extract to
record NativeLibraries(Path folder) {
    private static final Pattern ROCKSDB = Pattern.compile("librocksdbjni-[^/]*");
    private static final Pattern CORRETTO =
            Pattern.compile("com/amazon/corretto/crypto/provider/lib[^/]*\\.(so|dylib)");
    private static final Pattern NETTY = Pattern.compile("META-INF/native/lib[^/]*\\.(so|jnilib)");

    /// True for a library of any platform.
    static boolean isNativeLibrary(ZipEntry entry) {
        String name = entry.getName();
        return ROCKSDB.matcher(name).matches()
                || CORRETTO.matcher(name).matches()
                || NETTY.matcher(name).matches();
    }

    /// Extracts the libraries for this platform; the jar is not changed.
    void extractFrom(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                Optional<String> file = fileName(entry);
                if (isNativeLibrary(entry) && file.isPresent()) {
                    Files.createDirectories(folder);
                    try (InputStream in = zip.getInputStream(entry)) {
                        Files.copy(
                                in,
                                folder.resolve(file.get()),
                                StandardCopyOption.REPLACE_EXISTING);
                    }
                }
            }
        }
    }

    /// Empty if it is for another platform.
    private static Optional<String> fileName(ZipEntry entry) {
        String file = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
        boolean isOurs =
                ROCKSDB.matcher(file).matches()
                        ? file.equals(Environment.getJniLibraryFileName("rocksdb"))
                        : !NETTY.matcher(entry.getName()).matches() || file.contains(processor());
        return isOurs ? Optional.of(file) : Optional.empty();
    }

    /// The processor as Netty's file names spell it.
    private static String processor() {
        return Environment.isAarch64() ? "_aarch_64" : "_x86_64";
    }
}
