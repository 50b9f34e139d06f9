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

/// The libraries in machine code that come inside jars, as files of their own. Otherwise each start
/// copies 27 MB to `/tmp`, which leaves them there when it is killed, and fails where `/tmp`
/// forbids to execute. The launch script says where they are.
///
/// @param folder where they go
record NativeLibraries(Path folder) {
    private static final Pattern ROCKSDB = Pattern.compile("librocksdbjni-[^/]*");
    private static final Pattern CORRETTO =
            Pattern.compile("com/amazon/corretto/crypto/provider/lib[^/]*\\.(so|dylib)");
    private static final Pattern NETTY = Pattern.compile("META-INF/native/lib[^/]*\\.(so|jnilib)");

    /// Those of other machines too.
    static boolean isOne(ZipEntry entry) {
        String name = entry.getName();
        return ROCKSDB.matcher(name).matches()
                || CORRETTO.matcher(name).matches()
                || NETTY.matcher(name).matches();
    }

    /// Those of this machine; the jar stays as it is.
    void takeFrom(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                Optional<String> file = fileHere(entry);
                if (isOne(entry) && file.isPresent()) {
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

    /// Empty for another machine's.
    private static Optional<String> fileHere(ZipEntry entry) {
        String file = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
        boolean isOurs =
                ROCKSDB.matcher(file).matches()
                        ? file.equals(Environment.getJniLibraryFileName("rocksdb"))
                        : !NETTY.matcher(entry.getName()).matches() || file.contains(processor());
        return isOurs ? Optional.of(file) : Optional.empty();
    }

    /// As Netty calls it in its files' names.
    private static String processor() {
        return Environment.isAarch64() ? "_aarch_64" : "_x86_64";
    }
}
