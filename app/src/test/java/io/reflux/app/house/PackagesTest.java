package io.reflux.app.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every package says in one paragraph what it is, and that null is not among its values. */
final class PackagesTest {
    private static final Path ROOT = Path.of(System.getProperty("reflux.root"));

    @Test
    void packages_ofTheHouse_areFound() throws IOException {
        assertThat(packages()).hasSizeGreaterThan(30);
    }

    @ParameterizedTest
    @MethodSource("packages")
    void package_withClasses_hasParagraphAndNullMarked(Path folder) throws IOException {
        Path info = ROOT.resolve(folder).resolve("package-info.java");
        assertThat(info).isRegularFile();
        assertThat(Files.readString(info))
                .contains("/**")
                .containsPattern("@(org\\.jspecify\\.annotations\\.)?NullMarked");
    }

    /** Folders of main sources that hold classes, relative to the root. */
    static List<Path> packages() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            return modules.map(module -> module.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .flatMap(PackagesTest::foldersWithClasses)
                    .sorted()
                    .toList();
        }
    }

    private static Stream<Path> foldersWithClasses(Path sources) {
        try (Stream<Path> files = Files.walk(sources)) {
            return files
                    .filter(file -> file.toString().endsWith(".java"))
                    .map(file -> ROOT.relativize(file.getParent()))
                    .distinct()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
