package io.reflux.model.operator.matrix;

import io.reflux.model.graph.ModelException;
import io.reflux.model.operator.spi.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * An equation such as {@code bhqd,bhkd->bhqk}: one letter for each axis of each tensor, {@code ...} for axes that are
 * stretched to each other. Letters that are not in the result are summed over; without a result, the letters that occur
 * once stand in it in alphabetical order.
 *
 * @param terms the letters of each tensor
 * @param result the letters of the result
 */
record Equation(List<String> terms, String result) {

    private static final String ELLIPSIS = "...";
    private static final Pattern FORM = Pattern.compile(
            "[a-zA-Z]*(\\.{3})?[a-zA-Z]*(,[a-zA-Z]*(\\.{3})?[a-zA-Z]*)*(->[a-zA-Z]*(\\.{3})?[a-zA-Z]*)?");

    Equation {
        terms = List.copyOf(terms);
    }

    static Equation parse(String text) {
        String packed = text.replace(" ", "");
        if (packed.isEmpty() || !FORM.matcher(packed).matches()) {
            throw new ModelException(ModelException.Code.MALFORMED, "letters, commas, ... and one -> at most");
        }
        int arrow = packed.indexOf("->");
        List<String> terms = Arrays.asList((arrow < 0 ? packed : packed.substring(0, arrow)).split(",", -1));
        String result = arrow < 0 ? impliedResult(terms) : packed.substring(arrow + 2);
        for (int i = 0; i < result.length(); i++) {
            char letter = result.charAt(i);
            if (letter != '.' && terms.stream().noneMatch(term -> term.indexOf(letter) >= 0)) {
                throw new ModelException(ModelException.Code.MALFORMED, "letters of the terms in the result");
            }
            if (letter != '.' && result.lastIndexOf(letter) != i) {
                throw new ModelException(ModelException.Code.MALFORMED, "each letter once in the result");
            }
        }
        return new Equation(terms, result);
    }

    private static String impliedResult(List<String> terms) {
        Map<Character, Integer> counts = new TreeMap<>();
        terms.forEach(term -> term.replace(ELLIPSIS, "").chars().forEach(c -> counts.merge((char) c, 1, Integer::sum)));
        StringBuilder result = new StringBuilder(terms.stream().anyMatch(t -> t.contains(ELLIPSIS)) ? ELLIPSIS : "");
        counts.forEach((letter, count) -> result.append(count == 1 ? letter.toString() : ""));
        return result.toString();
    }

    /** With the result written out. */
    String text() {
        return String.join(",", terms) + "->" + result;
    }

    List<Long> outputShape(List<List<Long>> shapes) {
        List<Long> stretched = new ArrayList<>();
        Map<Character, Long> sizes = sizes(shapes, stretched);
        List<Long> y = new ArrayList<>();
        for (int i = 0; i < result.length(); i++) {
            if (result.charAt(i) == '.') {
                y.addAll(stretched);
                i += ELLIPSIS.length() - 1;
            } else {
                y.add(sizes.get(result.charAt(i)));
            }
        }
        return List.copyOf(y);
    }

    /** The size of every letter and of every stretched axis. */
    List<Long> sizes(List<List<Long>> shapes) {
        List<Long> all = new ArrayList<>();
        all.addAll(sizes(shapes, all).values());
        return all;
    }

    private Map<Character, Long> sizes(List<List<Long>> shapes, List<Long> stretched) {
        Map<Character, Long> sizes = new LinkedHashMap<>();
        for (int i = 0; i < terms.size(); i++) {
            String term = terms.get(i);
            List<Long> shape = shapes.get(i);
            int dots = term.indexOf(ELLIPSIS);
            int letters = dots < 0 ? term.length() : term.length() - ELLIPSIS.length();
            if (dots < 0 ? shape.size() != letters : shape.size() < letters) {
                throw Shapes.mismatch("term " + term + " for shape " + shape, "a letter for each axis");
            }
            int middle = shape.size() - letters;
            for (int axis = 0; axis < shape.size(); axis++) {
                if (dots < 0 || axis < dots || axis >= dots + middle) {
                    int at = dots < 0 || axis < dots ? axis : axis - middle + ELLIPSIS.length();
                    put(sizes, term.charAt(at), shape.get(axis));
                }
            }
            if (dots >= 0) {
                List<Long> both = Shapes.broadcast(stretched, shape.subList(dots, dots + middle));
                stretched.clear();
                stretched.addAll(both);
            }
        }
        return sizes;
    }

    private static void put(Map<Character, Long> sizes, char letter, long size) {
        Long known = sizes.get(letter);
        if (known != null && known != 1 && size != 1 && !Shapes.agree(known, size)) {
            throw Shapes.mismatch("letter " + letter + " of sizes " + known + " and " + size, "one size");
        }
        if (known == null || known == 1 || (known == Shapes.FREE && size != 1)) {
            sizes.put(letter, size);
        }
    }
}
