package org.precertocsp.responder.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the distribution says of its parts.
final class LegalIT {
    private static final Path HOME = Path.of("target/precert-ocsp");
    private static final Path LEGAL = HOME.resolve("legal");

    @Test
    void bill_of_materials_and_license_list_name_every_jar() throws IOException {
        Set<String> listed = new TreeSet<>();
        for (JsonNode part :
                new ObjectMapper()
                        .readTree(LEGAL.resolve("sbom.cdx.json").toFile())
                        .path("components")) {
            listed.add(part.path("name").asText() + "-" + part.path("version").asText());
        }
        String licenses = Files.readString(LEGAL.resolve("THIRD-PARTY.txt"));

        assertThat(jars()).hasSizeGreaterThan(50);
        for (String jar : jars()) {
            if (!jar.startsWith("responder-")) {
                assertThat(listed).as(jar).anyMatch(jar::startsWith);
            }
            if (!jar.startsWith("signer-") && !jar.startsWith("responder-")) {
                String artifact = jar.replaceFirst("-[0-9].*", "");
                assertThat(licenses).as(jar).contains(":" + artifact + ":");
            }
        }
    }

    @Test
    void every_jar_has_the_text_of_its_license() throws IOException {
        assertThat(LEGAL.resolve("licenses"))
                .isDirectoryContaining("glob:**/Apache-2.0.txt")
                .isDirectoryContaining("glob:**/BSD-3-Clause.txt")
                .isDirectoryContaining("glob:**/MIT.txt")
                .isDirectoryContaining("glob:**/LGPL-2.1-only.txt");
        List<String> known =
                Files.readAllLines(LEGAL.resolve("THIRD-PARTY.txt")).stream()
                        .filter(
                                line ->
                                        line.matches(
                                                ".*(?i:apache|mit|lgpl|lesser|the bsd license).*"))
                        .toList();
        for (String jar : jars()) {
            if (jar.startsWith("signer-") || jar.startsWith("responder-")) {
                continue;
            }
            boolean own = Files.isDirectory(LEGAL.resolve(jar.replaceFirst("\\.jar$", "-jar")));
            String artifact = ":" + jar.replaceFirst("-[0-9].*", "") + ":";
            assertThat(own || known.stream().anyMatch(line -> line.contains(artifact)))
                    .as(jar)
                    .isTrue();
        }
    }

    private static List<String> jars() throws IOException {
        try (Stream<Path> lib = Files.list(HOME.resolve("lib"))) {
            return lib.map(path -> String.valueOf(path.getFileName()))
                    .filter(name -> name.endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }
}
