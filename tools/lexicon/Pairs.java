// java -cp hanlp-portable.jar Pairs.java FOLDER - writes HanLP's words and how often they follow each other (Apache-2.0) as
// FOLDER/hanlp-unigram.tsv and FOLDER/hanlp-bigram.tsv, which make.mjs reads.
import com.hankcs.hanlp.collection.trie.DoubleArrayTrie;
import com.hankcs.hanlp.dictionary.CoreBiGramTableDictionary;
import com.hankcs.hanlp.dictionary.CoreDictionary;
import java.io.PrintWriter;
import java.lang.reflect.Field;

public class Pairs {
    private static final DoubleArrayTrie<CoreDictionary.Attribute> TRIE = CoreDictionary.trie;
    private static final int[] BASE = TRIE.getBase(), CHECK = TRIE.getCheck();
    private static final String[] WORDS = new String[TRIE.size()];

    // Every word is a way through the double array.
    private static void walk(int base, StringBuilder word, PrintWriter out) {
        if (base >= 0 && base < BASE.length && CHECK[base] == base && BASE[base] < 0) {
            int id = -BASE[base] - 1;
            WORDS[id] = word.toString();
            out.println(word + "\t" + TRIE.get(id).totalFrequency);
        }
        for (int c = 0; c < 65536 && base + c + 1 < CHECK.length; c++) {
            int next = base + c + 1;
            if (CHECK[next] != base || BASE[next] < 0) continue;
            word.append((char) c);
            walk(BASE[next], word, out);
            word.setLength(word.length() - 1);
        }
    }

    private static int[] table(String name) throws Exception {
        Field field = CoreBiGramTableDictionary.class.getDeclaredField(name);
        field.setAccessible(true);
        return (int[]) field.get(null);
    }

    public static void main(String[] arguments) throws Exception {
        try (PrintWriter out = new PrintWriter(arguments[0] + "/hanlp-unigram.tsv", "UTF-8")) {
            walk(BASE[0], new StringBuilder(), out);
        }
        CoreBiGramTableDictionary.getBiFrequency("的", "人"); // loads it
        int[] start = table("start"), pair = table("pair");
        try (PrintWriter out = new PrintWriter(arguments[0] + "/hanlp-bigram.tsv", "UTF-8")) {
            for (int first = 0; first + 1 < start.length; first++)
                for (int i = start[first]; i < start[first + 1]; i++)
                    out.println(WORDS[first] + "\t" + WORDS[pair[2 * i]] + "\t" + pair[2 * i + 1]);
        }
    }
}
