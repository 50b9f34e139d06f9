package org.precertocsp.responder.it;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// A folder that is a freshly installed, minimal Debian: the packages every Debian has, systemd,
/// and what one more package says it needs, as this machine has them. No download, and nothing else
/// is there, so that a dependency nobody declared is found missing.
final class CleanRoot {
    private static final Pattern LEFT_OUT =
            Pattern.compile("/(bin|sbin|lib|lib64|\\.)?|/usr/share/(doc|man|locale|info)/.*");
    private static final List<String> MERGED = List.of("bin", "sbin", "lib", "lib64");

    private final Path root;
    private final Map<String, List<List<String>>> needs = new HashMap<>();
    private final Set<String> essential = new LinkedHashSet<>();

    private CleanRoot(Path root) {
        this.root = root;
    }

    /// @param debianPackage whose dependencies are to be there, but not itself
    static void make(Path root, Path debianPackage) throws IOException {
        new CleanRoot(root).make(run("dpkg-deb", "-f", debianPackage.toString(), "Depends"));
    }

    private void make(String depends) throws IOException {
        readInstalled();
        Set<String> packages = closure(depends + ", systemd, mount");
        for (String name : MERGED) {
            Files.createDirectories(root.resolve("usr").resolve(name));
            Files.createSymbolicLink(root.resolve(name), Path.of("usr/" + name));
        }
        copy(files(packages));
        for (String folder : List.of("proc", "sys", "dev", "run", "mnt", "root", "tmp")) {
            Files.createDirectories(root.resolve(folder));
        }
        Files.copy(root.resolve("usr/share/base-passwd/passwd.master"), root.resolve("etc/passwd"));
        Files.copy(root.resolve("usr/share/base-passwd/group.master"), root.resolve("etc/group"));
        Files.writeString(root.resolve("etc/machine-id"), "");
        Files.writeString(root.resolve("etc/nsswitch.conf"), "passwd: files\ngroup: files\n");
        Files.writeString(
                Files.createDirectories(root.resolve("var/lib/dpkg")).resolve("status"),
                run(words(List.of("dpkg-query", "-s"), packages)));
        Files.createDirectories(root.resolve("var/lib/dpkg/updates"));
        run("chroot", root.toString(), "ldconfig");
    }

    private void readInstalled() {
        String format = "${Package}\t${Essential}\t${Pre-Depends}, ${Depends}\n";
        for (String line : run("dpkg-query", "-W", "-f", format).split("\n", -1)) {
            String[] fields = line.split("\t", -1);
            if (fields.length == 3) {
                needs.put(fields[0], alternatives(fields[2]));
                if (fields[1].equals("yes")) {
                    essential.add(fields[0]);
                }
            }
        }
    }

    /// `a (>= 1) | b, c` without the versions, which dpkg looks at itself.
    private static List<List<String>> alternatives(String depends) {
        return Arrays.stream(depends.split(",", -1))
                .map(String::strip)
                .filter(it -> !it.isEmpty())
                .map(
                        it ->
                                Arrays.stream(it.split("\\|", -1))
                                        .map(name -> name.strip().replaceFirst("[ (:].*", ""))
                                        .toList())
                .toList();
    }

    private Set<String> closure(String depends) {
        Deque<String> open = new ArrayDeque<>(essential);
        alternatives(depends)
                .forEach(
                        it ->
                                it.stream()
                                        .filter(needs::containsKey)
                                        .findFirst()
                                        .ifPresent(open::add));
        Set<String> found = new LinkedHashSet<>();
        while (!open.isEmpty()) {
            String name = open.remove();
            if (found.add(name)) {
                for (List<String> choice : needs.getOrDefault(name, List.of())) {
                    choice.stream().filter(needs::containsKey).findFirst().ifPresent(open::add);
                }
            }
        }
        return found;
    }

    private static List<String> files(Set<String> packages) throws IOException {
        Set<String> files = new LinkedHashSet<>();
        for (String file : run(words(List.of("dpkg-query", "-L"), packages)).split("\n", -1)) {
            if (file.startsWith("/") && !LEFT_OUT.matcher(file).matches()) {
                files.add(file);
            }
        }
        try (DirectoryStream<Path> info = Files.newDirectoryStream(Path.of("/var/lib/dpkg/info"))) {
            for (Path file : info) {
                if (packages.contains(
                        file.getFileName().toString().replaceFirst("(:[^.]*)?\\.[^.]*$", ""))) {
                    files.add(file.toString());
                }
            }
        }
        return List.copyOf(files);
    }

    private void copy(List<String> files) throws IOException {
        Path list = Files.createTempFile("files", ".txt");
        Files.write(
                list,
                files.stream()
                        .filter(it -> Files.exists(Path.of(it)))
                        .map(it -> it.substring(1))
                        .toList());
        run(
                "sh",
                "-c",
                "tar -c --no-recursion -C / -T \"$1\" | tar -x -p --keep-directory-symlink -C"
                        + " \"$2\"",
                "copy",
                list.toString(),
                root.toString());
        Files.delete(list);
    }

    private static String[] words(List<String> first, Set<String> more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(more);
        return all.toArray(String[]::new);
    }

    private static String run(String... words) {
        Command.Result result = Command.run(Path.of("/"), words);
        if (result.exitCode() != 0) {
            throw new IllegalStateException(String.join(" ", words) + ": " + result.output());
        }
        return result.output();
    }
}
