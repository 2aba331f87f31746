package io.reflux.app.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the arrows: libraries know no one above them, services know libraries and never each other, app wires. */
final class ArrowsTest {
    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.reflux");

    /** Module, and the modules whose classes it may use besides its own. */
    private static final Map<String, List<String>> ARROWS = Map.of(
            "proto", List.of(),
            "data", List.of(),
            "model", List.of(),
            "teacher", List.of("proto", "data", "model"),
            "quantization", List.of("data", "model"),
            "student", List.of("proto", "data", "model", "quantization"),
            "app", List.of("proto", "data", "model", "quantization", "teacher", "student"));

    private static final Pattern VAGUE = Pattern.compile(".*(Util|Utils|Utility|Helper|Helpers|Manager|Common)");

    @Test
    void modules_all_areKnownToTheArrows() {
        assertThat(HOUSE.stream().map(ArrowsTest::module).distinct())
                .containsExactlyInAnyOrderElementsOf(ARROWS.keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"proto", "data", "model", "quantization", "teacher", "student", "app"})
    void module_dependencies_pointDownOnly(String module) {
        List<String> allowed = ARROWS.get(module);
        noClasses()
                .that(describe("in " + module, type -> module(type).equals(module)))
                .should()
                .dependOnClassesThat(describe(
                        "in a module other than " + allowed,
                        type -> type.getPackageName().startsWith("io.reflux.")
                                && !module(type).equals(module)
                                && !allowed.contains(module(type))))
                .check(HOUSE);
    }

    @Test
    void packages_everywhere_formNoCycle() {
        slices().matching("io.reflux.(**)").should().beFreeOfCycles().check(HOUSE);
    }

    @Test
    void classes_everywhere_haveNamesThatSayWhatTheyDo() {
        assertThat(HOUSE.stream()
                        .map(JavaClass::getSimpleName)
                        .filter(name -> VAGUE.matcher(name).matches()))
                .isEmpty();
    }

    private static String module(JavaClass type) {
        String[] parts = type.getPackageName().split("\\.");
        return parts.length > 2 ? parts[2] : "";
    }

    private static DescribedPredicate<JavaClass> describe(String description, Predicate<JavaClass> predicate) {
        return DescribedPredicate.describe(description, predicate);
    }
}
