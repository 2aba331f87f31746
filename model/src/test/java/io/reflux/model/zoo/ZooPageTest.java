package io.reflux.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.summary.ModelSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page says what is built. */
final class ZooPageTest {

    private static final Pattern ROW = Pattern.compile(
            "^\\| `([^`]+)` \\| ([\\dx]+) \\| (\\d+) \\| ([\\d,]+) \\| ([\\d,]+) \\| ([\\d,]+) \\|", Pattern.MULTILINE);

    @Test
    void table_hasEveryModelWithItsSizes() throws IOException {
        String page = Files.readString(Path.of(System.getProperty("reflux.root"), "docs/zoo.md"));
        List<MatchResult> rows = ROW.matcher(page).results().toList();

        assertThat(rows).extracting(row -> row.group(1)).containsExactlyInAnyOrderElementsOf(Zoo.names());
        for (MatchResult row : rows) {
            ModelSummary summary = ModelSummary.of(Zoo.build(ZooSpec.of(row.group(1))
                    .withInputShape(Stream.of(row.group(2).split("x"))
                            .map(Integer::valueOf)
                            .toList())
                    .withNumClasses(Integer.parseInt(row.group(3)))));
            assertThat(List.of(row.group(4), row.group(5), row.group(6)))
                    .as(row.group(1))
                    .containsExactly(
                            grouped(summary.parameters()),
                            grouped(summary.multiplyAccumulates()),
                            grouped(summary.fileBytes()));
        }
    }

    @Test
    void page_namesEverySetting() throws IOException {
        String page = Files.readString(Path.of(System.getProperty("reflux.root"), "docs/zoo.md"));

        for (ZooSetting setting : ZooSetting.values()) {
            assertThat(page).contains("`" + setting.key() + "`");
        }
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
