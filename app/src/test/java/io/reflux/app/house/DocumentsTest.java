package io.reflux.app.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class DocumentsTest {
    private static final Path ROOT = Path.of(System.getProperty("reflux.root"));

    private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#\\s]+)[^)]*\\)");

    @ParameterizedTest
    @MethodSource("documents")
    void links_withinTheHouse_leadSomewhere(Path document) throws IOException {
        Path folder = ROOT.resolve(document).getParent();
        Matcher matcher = LINK.matcher(Files.readString(ROOT.resolve(document)));
        List<String> broken = new ArrayList<>();
        while (matcher.find()) {
            if (!Files.exists(folder.resolve(matcher.group(1)))) {
                broken.add(matcher.group(1));
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void readme_modules_areThoseOfTheBuild() throws IOException {
        Matcher modules = Pattern.compile("<module>(.*?)</module>").matcher(Files.readString(ROOT.resolve("pom.xml")));
        String readme = Files.readString(ROOT.resolve("README.md"));
        while (modules.find()) {
            assertThat(readme).contains("\n" + modules.group(1) + "/ ");
        }
    }

    @Test
    void continuousIntegration_runsTheTestCommandOfTheReadme() throws IOException {
        assertThat(Files.readString(ROOT.resolve("README.md"))).contains("mvn -B -ntp verify ");
        assertThat(Files.readString(ROOT.resolve(".ci/run"))).contains("exec mvn -B -ntp verify ");
    }

    static List<Path> documents() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .map(ROOT::relativize)
                    .sorted()
                    .toList();
        }
    }
}
