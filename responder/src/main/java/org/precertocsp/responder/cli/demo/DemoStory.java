package org.precertocsp.responder.cli.demo;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Prints the commands to paste, with their expected results.
final class DemoStory {
    private record Chapter(String file, String what, String answer) {}

    private static final List<Chapter> CHAPTERS =
            List.of(
                    new Chapter("issued.pem", "an issued certificate", "good"),
                    new Chapter(
                            "precertificate.pem",
                            "a precertificate whose certificate was never issued",
                            "good"),
                    new Chapter(
                            "psc-precertificate.pem",
                            "one signed by a Precertificate Signing Certificate",
                            "good"),
                    new Chapter("revoked.pem", "a revoked certificate", "revoked"));

    private DemoStory() {}

    /// Where this program is, if a shell would not find it there.
    private static Optional<String> folderToAdd() {
        Optional<String> own = Optional.ofNullable(System.getProperty("precertocsp.bin"));
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        boolean found =
                Arrays.stream(path.split(":", -1))
                        .anyMatch(
                                folder ->
                                        !folder.isEmpty()
                                                && Files.isExecutable(
                                                        Path.of(folder, "precert-ocsp")));
        return own.filter(_ -> !found);
    }

    static void print(PrintWriter out, DemoFiles files, String url) {
        out.printf("%nPaste into another terminal:%n%n  cd %s%n", files.directory());
        folderToAdd().ifPresent(bin -> out.printf("  export PATH=\"%s:$PATH\"%n", bin));
        for (Chapter chapter : CHAPTERS) {
            out.printf(
                    "%n  # %s: \"Response verify OK\", %s%n  openssl ocsp -issuer issuer.pem -cert"
                            + " %s -url %s -CAfile root.pem%n",
                    chapter.what(), chapter.answer(), chapter.file(), url);
        }
        out.printf(
                "%n  # the same under SHA-256%n  openssl ocsp -sha256 -issuer issuer.pem -cert"
                        + " precertificate.pem -url %s -CAfile root.pem%n",
                url);
        out.printf(
                "%n  # a serial nobody assigned: \"Responder Error: unauthorized (6)\", never"
                        + " good%n  openssl ocsp -issuer issuer.pem -serial 0x$(openssl rand -hex 15)"
                        + " -url %s -CAfile root.pem%n",
                url);
        out.printf(
                "%n  # over GET, with the headers a cache sees%n  openssl ocsp -issuer issuer.pem"
                        + " -cert issued.pem -no_nonce -reqout issued.ocsp%n  curl -s -D - -o"
                        + " issued.response %s/$(base64 -w0 issued.ocsp | sed 's,+,%%2B,g; s,/,%%2F,g;"
                        + " s,=,%%3D,g')%n",
                url);
        out.printf(
                "%n  # what is known of a serial, and why%n"
                        + "  precert-ocsp status -c precert-ocsp.yaml --issuer issuer.pem"
                        + " $(openssl x509 -in revoked.pem -noout -serial | cut -d= -f2)%n%n");
        out.flush();
    }
}
