"""The table of ``prototxt.lark``. Generated: python -m caffe_proto.prototxt.grammar"""

# ruff: noqa
# fmt: off
from __future__ import annotations

from typing import Any

MADE_FROM = ('1.3.1', 'ef0308801ee646f99b043de80f8b29fed29ae66bdd0d52f2011fd26f8ac50eec')
TABLE: dict[str, Any] = \
{'data': {'parser': {'lexer_conf': {'terminals': [{'@': 0}, {'@': 1}, {'@': 2}, {'@': 3}, {'@': 4}, {'@': 5}, {'@': 6}, {'@': 7}, {'@': 8}, {'@': 9}, {'@': 10}, {'@': 11}],
                                'ignore': [],
                                'g_regex_flags': 0,
                                'use_bytes': False,
                                'lexer_type': None,
                                '__type__': 'LexerConf'},
                  'parser_conf': {'rules': [{'@': 12}, {'@': 13}, {'@': 14}, {'@': 15}, {'@': 16}, {'@': 17}, {'@': 18}, {'@': 19}, {'@': 20}, {'@': 21}, {'@': 22}, {'@': 23}, {'@': 24}, {'@': 25},
                                          {'@': 26}, {'@': 27}, {'@': 28}, {'@': 29}, {'@': 30}, {'@': 31}],
                                 'start': ['start'],
                                 'parser_type': 'lalr',
                                 '__type__': 'ParserConf'},
                  'parser': {'tokens': {0: 'VALUE',
                                      1: 'body',
                                      2: 'start',
                                      3: 'FIELD',
                                      4: 'OPEN_ANGLE',
                                      5: '$END',
                                      6: 'LIST_OPEN',
                                      7: 'OPEN',
                                      8: 'LIST_CLOSE',
                                      9: 'COMMA',
                                      10: 'CLOSE',
                                      11: 'CLOSE_ANGLE',
                                      12: 'SEMICOLON',
                                      13: 'separator',
                                      14: 'message',
                                      15: 'BRACE',
                                      16: 'ANGLE',
                                      17: 'messages',
                                      18: 'values',
                                      19: 'list'},
                            'states': {0: {0: (0, 6)},
                                      1: {1: (0, 15), 2: (0, 5), 3: (1, {'@': 13}), 4: (1, {'@': 13}), 5: (1, {'@': 13}), 6: (1, {'@': 13}), 7: (1, {'@': 13})},
                                      2: {8: (1, {'@': 31}), 9: (1, {'@': 31})},
                                      3: {3: (1, {'@': 20}), 4: (1, {'@': 20}), 5: (1, {'@': 20}), 6: (1, {'@': 20}), 7: (1, {'@': 20}), 10: (1, {'@': 20}), 11: (1, {'@': 20})},
                                      4: {3: (0, 11), 11: (0, 20), 7: (0, 8), 6: (0, 30), 4: (0, 13)},
                                      5: {},
                                      6: {8: (1, {'@': 27}), 9: (1, {'@': 27})},
                                      7: {3: (1, {'@': 18}), 4: (1, {'@': 18}), 5: (1, {'@': 18}), 6: (1, {'@': 18}), 7: (1, {'@': 18}), 10: (1, {'@': 18}), 11: (1, {'@': 18})},
                                      8: {1: (0, 21), 6: (1, {'@': 13}), 10: (1, {'@': 13}), 7: (1, {'@': 13}), 3: (1, {'@': 13}), 4: (1, {'@': 13})},
                                      9: {8: (1, {'@': 30}), 9: (1, {'@': 30})},
                                      10: {5: (1, {'@': 21}), 6: (1, {'@': 21}), 10: (1, {'@': 21}), 7: (1, {'@': 21}), 11: (1, {'@': 21}), 3: (1, {'@': 21}), 4: (1, {'@': 21})},
                                      11: {3: (1, {'@': 14}), 4: (1, {'@': 14}), 5: (1, {'@': 14}), 6: (1, {'@': 14}), 7: (1, {'@': 14}), 10: (1, {'@': 14}), 11: (1, {'@': 14})},
                                      12: {5: (1, {'@': 22}), 6: (1, {'@': 22}), 10: (1, {'@': 22}), 7: (1, {'@': 22}), 11: (1, {'@': 22}), 3: (1, {'@': 22}), 4: (1, {'@': 22})},
                                      13: {1: (0, 4), 6: (1, {'@': 13}), 7: (1, {'@': 13}), 11: (1, {'@': 13}), 3: (1, {'@': 13}), 4: (1, {'@': 13})},
                                      14: {1: (0, 18), 6: (1, {'@': 13}), 7: (1, {'@': 13}), 11: (1, {'@': 13}), 3: (1, {'@': 13}), 4: (1, {'@': 13})},
                                      15: {3: (0, 11), 7: (0, 8), 6: (0, 30), 4: (0, 13), 5: (1, {'@': 12})},
                                      16: {8: (0, 28)},
                                      17: {8: (1, {'@': 28}), 9: (1, {'@': 28})},
                                      18: {3: (0, 11), 7: (0, 8), 6: (0, 30), 4: (0, 13), 11: (0, 2)},
                                      19: {3: (0, 11), 7: (0, 8), 6: (0, 30), 4: (0, 13), 10: (0, 9)},
                                      20: {12: (0, 12),
                                          9: (0, 10),
                                          13: (0, 7),
                                          3: (1, {'@': 17}),
                                          4: (1, {'@': 17}),
                                          5: (1, {'@': 17}),
                                          6: (1, {'@': 17}),
                                          7: (1, {'@': 17}),
                                          10: (1, {'@': 17}),
                                          11: (1, {'@': 17})},
                                      21: {10: (0, 26), 3: (0, 11), 7: (0, 8), 6: (0, 30), 4: (0, 13)},
                                      22: {3: (1, {'@': 16}), 4: (1, {'@': 16}), 5: (1, {'@': 16}), 6: (1, {'@': 16}), 7: (1, {'@': 16}), 10: (1, {'@': 16}), 11: (1, {'@': 16})},
                                      23: {8: (1, {'@': 29}), 9: (1, {'@': 29})},
                                      24: {14: (0, 23), 15: (0, 27), 16: (0, 14)},
                                      25: {9: (0, 0), 8: (1, {'@': 24})},
                                      26: {12: (0, 12),
                                          9: (0, 10),
                                          13: (0, 22),
                                          3: (1, {'@': 15}),
                                          4: (1, {'@': 15}),
                                          5: (1, {'@': 15}),
                                          6: (1, {'@': 15}),
                                          7: (1, {'@': 15}),
                                          10: (1, {'@': 15}),
                                          11: (1, {'@': 15})},
                                      27: {1: (0, 19), 10: (1, {'@': 13}), 6: (1, {'@': 13}), 7: (1, {'@': 13}), 3: (1, {'@': 13}), 4: (1, {'@': 13})},
                                      28: {13: (0, 3),
                                          12: (0, 12),
                                          9: (0, 10),
                                          3: (1, {'@': 19}),
                                          4: (1, {'@': 19}),
                                          5: (1, {'@': 19}),
                                          6: (1, {'@': 19}),
                                          7: (1, {'@': 19}),
                                          10: (1, {'@': 19}),
                                          11: (1, {'@': 19})},
                                      29: {8: (1, {'@': 26}), 9: (1, {'@': 26})},
                                      30: {17: (0, 31), 16: (0, 14), 15: (0, 27), 18: (0, 25), 19: (0, 16), 14: (0, 17), 0: (0, 29), 8: (1, {'@': 23})},
                                      31: {9: (0, 24), 8: (1, {'@': 25})}},
                            'start_states': {'start': 1},
                            'end_states': {'start': 5}},
                  '__type__': 'ParsingFrontend'},
        'rules': [{'@': 12}, {'@': 13}, {'@': 14}, {'@': 15}, {'@': 16}, {'@': 17}, {'@': 18}, {'@': 19}, {'@': 20}, {'@': 21}, {'@': 22}, {'@': 23}, {'@': 24}, {'@': 25}, {'@': 26}, {'@': 27},
                 {'@': 28}, {'@': 29}, {'@': 30}, {'@': 31}],
        'options': {'debug': False,
                   'strict': False,
                   'keep_all_tokens': True,
                   'tree_class': None,
                   'cache': False,
                   'cache_grammar': False,
                   'postlex': None,
                   'parser': 'lalr',
                   'lexer': None,
                   'transformer': None,
                   'start': ['start'],
                   'priority': 'normal',
                   'ambiguity': 'auto',
                   'regex': False,
                   'propagate_positions': False,
                   'lexer_callbacks': {},
                   'maybe_placeholders': True,
                   'edit_terminals': None,
                   'g_regex_flags': 0,
                   'use_bytes': False,
                   'ordered_sets': True,
                   'import_paths': [],
                   'source_path': None,
                   '_plugins': {}},
        '__type__': 'Lark'},
'memo': {0: {'name': 'FIELD',
           'pattern': {'value': '(?P<field_name>[A-Za-z_][A-Za-z0-9_]*)[ \t\r\n'
                               '\x0c'
                               '\\v]*(?:#[^\n'
                               '\\0]*(?:\n'
                               '[ \t\r\n'
                               '\x0c'
                               '\\v]*|\\Z))*:[ \t\r\n'
                               '\x0c'
                               '\\v]*(?:#[^\n'
                               '\\0]*(?:\n'
                               '[ \t\r\n'
                               '\x0c'
                               '\\v]*|\\Z))*(?P<field_value>(?:(?:"[^"\\\\\n'
                               '\\0]*(?:\\\\[^\n'
                               '\\0][^"\\\\\n'
                               '\\0]*)*"|\'[^\'\\\\\n'
                               '\\0]*(?:\\\\[^\n'
                               "\\0][^'\\\\\n"
                               "\\0]*)*')(?:[ \t\r\n"
                               '\x0c'
                               '\\v]*(?:#[^\n'
                               '\\0]*(?:\n'
                               '[ \t\r\n'
                               '\x0c'
                               '\\v]*|\\Z))*(?:"[^"\\\\\n'
                               '\\0]*(?:\\\\[^\n'
                               '\\0][^"\\\\\n'
                               '\\0]*)*"|\'[^\'\\\\\n'
                               '\\0]*(?:\\\\[^\n'
                               "\\0][^'\\\\\n"
                               "\\0]*)*'))*|(?:-[ \t\r\n"
                               '\x0c'
                               '\\v]*(?:#[^\n'
                               '\\0]*(?:\n'
                               '[ \t\r\n'
                               '\x0c'
                               '\\v]*|\\Z))*)?(?:(?:0[xX][0-9a-fA-F]+|0[0-7]+|(?:(?:0|[1-9][0-9]*)(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fF]?)(?![A-Za-z_0-9.])|[A-Za-z_][A-Za-z0-9_]*)))[ \t\r\n'
                               '\x0c'
                               '\\v]*(?:#[^\n'
                               '\\0]*(?:\n'
                               '[ \t\r\n'
                               '\x0c'
                               '\\v]*|\\Z))*(?:[,;][ \t\r\n'
                               '\x0c'
                               '\\v]*(?:#[^\n'
                               '\\0]*(?:\n'
                               '[ \t\r\n'
                               '\x0c'
                               '\\v]*|\\Z))*)?',
                      'flags': [],
                      'raw': None,
                      '_width': None,
                      '__type__': 'PatternRE'},
           'priority': 9,
           '__type__': 'TerminalDef'},
        1: {'name': 'CLOSE',
           'pattern': {'value': '\\}[ \t\r\n\x0c\\v]*(?:#[^\n\\0]*(?:\n[ \t\r\n\x0c\\v]*|\\Z))*', 'flags': [], 'raw': None, '_width': None, '__type__': 'PatternRE'},
           'priority': 8,
           '__type__': 'TerminalDef'},
        2: {'name': 'OPEN',
           'pattern': {'value': '(?P<open_name>[A-Za-z_][A-Za-z0-9_]*)[ \t\r\n'
                               '\x0c'
                               '\\v]*(?:#[^\n'
                               '\\0]*(?:\n'
                               '[ \t\r\n'
                               '\x0c'
                               '\\v]*|\\Z))*(?::[ \t\r\n'
                               '\x0c'
                               '\\v]*(?:#[^\n'
                               '\\0]*(?:\n'
                               '[ \t\r\n'
                               '\x0c'
                               '\\v]*|\\Z))*)?\\{[ \t\r\n'
                               '\x0c'
                               '\\v]*(?:#[^\n'
                               '\\0]*(?:\n'
                               '[ \t\r\n'
                               '\x0c'
                               '\\v]*|\\Z))*',
                      'flags': [],
                      'raw': None,
                      '_width': None,
                      '__type__': 'PatternRE'},
           'priority': 7,
           '__type__': 'TerminalDef'},
        3: {'name': 'LIST_OPEN',
           'pattern': {'value': '(?P<list_name>[A-Za-z_][A-Za-z0-9_]*)[ \t\r\n'
                               '\x0c'
                               '\\v]*(?:#[^\n'
                               '\\0]*(?:\n'
                               '[ \t\r\n'
                               '\x0c'
                               '\\v]*|\\Z))*(?P<list_colon>:[ \t\r\n'
                               '\x0c'
                               '\\v]*(?:#[^\n'
                               '\\0]*(?:\n'
                               '[ \t\r\n'
                               '\x0c'
                               '\\v]*|\\Z))*)?\\[[ \t\r\n'
                               '\x0c'
                               '\\v]*(?:#[^\n'
                               '\\0]*(?:\n'
                               '[ \t\r\n'
                               '\x0c'
                               '\\v]*|\\Z))*',
                      'flags': [],
                      'raw': None,
                      '_width': None,
                      '__type__': 'PatternRE'},
           'priority': 6,
           '__type__': 'TerminalDef'},
        4: {'name': 'VALUE',
           'pattern': {'value': '(?P<item_value>(?:(?:"[^"\\\\\n'
                               '\\0]*(?:\\\\[^\n'
                               '\\0][^"\\\\\n'
                               '\\0]*)*"|\'[^\'\\\\\n'
                               '\\0]*(?:\\\\[^\n'
                               "\\0][^'\\\\\n"
                               "\\0]*)*')(?:[ \t\r\n"
                               '\x0c'
                               '\\v]*(?:#[^\n'
                               '\\0]*(?:\n'
                               '[ \t\r\n'
                               '\x0c'
                               '\\v]*|\\Z))*(?:"[^"\\\\\n'
                               '\\0]*(?:\\\\[^\n'
                               '\\0][^"\\\\\n'
                               '\\0]*)*"|\'[^\'\\\\\n'
                               '\\0]*(?:\\\\[^\n'
                               "\\0][^'\\\\\n"
                               "\\0]*)*'))*|(?:-[ \t\r\n"
                               '\x0c'
                               '\\v]*(?:#[^\n'
                               '\\0]*(?:\n'
                               '[ \t\r\n'
                               '\x0c'
                               '\\v]*|\\Z))*)?(?:(?:0[xX][0-9a-fA-F]+|0[0-7]+|(?:(?:0|[1-9][0-9]*)(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fF]?)(?![A-Za-z_0-9.])|[A-Za-z_][A-Za-z0-9_]*)))[ \t\r\n'
                               '\x0c'
                               '\\v]*(?:#[^\n'
                               '\\0]*(?:\n'
                               '[ \t\r\n'
                               '\x0c'
                               '\\v]*|\\Z))*',
                      'flags': [],
                      'raw': None,
                      '_width': None,
                      '__type__': 'PatternRE'},
           'priority': 1,
           '__type__': 'TerminalDef'},
        5: {'name': 'COMMA',
           'pattern': {'value': ',[ \t\r\n\x0c\\v]*(?:#[^\n\\0]*(?:\n[ \t\r\n\x0c\\v]*|\\Z))*', 'flags': [], 'raw': None, '_width': None, '__type__': 'PatternRE'},
           'priority': 3,
           '__type__': 'TerminalDef'},
        6: {'name': 'LIST_CLOSE',
           'pattern': {'value': '\\][ \t\r\n\x0c\\v]*(?:#[^\n\\0]*(?:\n[ \t\r\n\x0c\\v]*|\\Z))*', 'flags': [], 'raw': None, '_width': None, '__type__': 'PatternRE'},
           'priority': 3,
           '__type__': 'TerminalDef'},
        7: {'name': 'SEMICOLON',
           'pattern': {'value': ';[ \t\r\n\x0c\\v]*(?:#[^\n\\0]*(?:\n[ \t\r\n\x0c\\v]*|\\Z))*', 'flags': [], 'raw': None, '_width': None, '__type__': 'PatternRE'},
           'priority': 2,
           '__type__': 'TerminalDef'},
        8: {'name': 'OPEN_ANGLE',
           'pattern': {'value': '(?P<angle_name>[A-Za-z_][A-Za-z0-9_]*)[ \t\r\n'
                               '\x0c'
                               '\\v]*(?:#[^\n'
                               '\\0]*(?:\n'
                               '[ \t\r\n'
                               '\x0c'
                               '\\v]*|\\Z))*(?::[ \t\r\n'
                               '\x0c'
                               '\\v]*(?:#[^\n'
                               '\\0]*(?:\n'
                               '[ \t\r\n'
                               '\x0c'
                               '\\v]*|\\Z))*)?<[ \t\r\n'
                               '\x0c'
                               '\\v]*(?:#[^\n'
                               '\\0]*(?:\n'
                               '[ \t\r\n'
                               '\x0c'
                               '\\v]*|\\Z))*',
                      'flags': [],
                      'raw': None,
                      '_width': None,
                      '__type__': 'PatternRE'},
           'priority': 5,
           '__type__': 'TerminalDef'},
        9: {'name': 'CLOSE_ANGLE',
           'pattern': {'value': '>[ \t\r\n\x0c\\v]*(?:#[^\n\\0]*(?:\n[ \t\r\n\x0c\\v]*|\\Z))*', 'flags': [], 'raw': None, '_width': None, '__type__': 'PatternRE'},
           'priority': 4,
           '__type__': 'TerminalDef'},
        10: {'name': 'BRACE',
            'pattern': {'value': '\\{[ \t\r\n\x0c\\v]*(?:#[^\n\\0]*(?:\n[ \t\r\n\x0c\\v]*|\\Z))*', 'flags': [], 'raw': None, '_width': None, '__type__': 'PatternRE'},
            'priority': 0,
            '__type__': 'TerminalDef'},
        11: {'name': 'ANGLE',
            'pattern': {'value': '<[ \t\r\n\x0c\\v]*(?:#[^\n\\0]*(?:\n[ \t\r\n\x0c\\v]*|\\Z))*', 'flags': [], 'raw': None, '_width': None, '__type__': 'PatternRE'},
            'priority': 0,
            '__type__': 'TerminalDef'},
        12: {'origin': {'name': 'start', '__type__': 'NonTerminal'},
            'expansion': [{'name': 'body', '__type__': 'NonTerminal'}],
            'order': 0,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        13: {'origin': {'name': 'body', '__type__': 'NonTerminal'},
            'expansion': [],
            'order': 0,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        14: {'origin': {'name': 'body', '__type__': 'NonTerminal'},
            'expansion': [{'name': 'body', '__type__': 'NonTerminal'}, {'name': 'FIELD', 'filter_out': False, '__type__': 'Terminal'}],
            'order': 1,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        15: {'origin': {'name': 'body', '__type__': 'NonTerminal'},
            'expansion': [{'name': 'body', '__type__': 'NonTerminal'}, {'name': 'OPEN', 'filter_out': False, '__type__': 'Terminal'}, {'name': 'body', '__type__': 'NonTerminal'},
                         {'name': 'CLOSE', 'filter_out': False, '__type__': 'Terminal'}],
            'order': 2,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        16: {'origin': {'name': 'body', '__type__': 'NonTerminal'},
            'expansion': [{'name': 'body', '__type__': 'NonTerminal'}, {'name': 'OPEN', 'filter_out': False, '__type__': 'Terminal'}, {'name': 'body', '__type__': 'NonTerminal'},
                         {'name': 'CLOSE', 'filter_out': False, '__type__': 'Terminal'}, {'name': 'separator', '__type__': 'NonTerminal'}],
            'order': 3,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        17: {'origin': {'name': 'body', '__type__': 'NonTerminal'},
            'expansion': [{'name': 'body', '__type__': 'NonTerminal'}, {'name': 'OPEN_ANGLE', 'filter_out': False, '__type__': 'Terminal'}, {'name': 'body', '__type__': 'NonTerminal'},
                         {'name': 'CLOSE_ANGLE', 'filter_out': False, '__type__': 'Terminal'}],
            'order': 4,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        18: {'origin': {'name': 'body', '__type__': 'NonTerminal'},
            'expansion': [{'name': 'body', '__type__': 'NonTerminal'}, {'name': 'OPEN_ANGLE', 'filter_out': False, '__type__': 'Terminal'}, {'name': 'body', '__type__': 'NonTerminal'},
                         {'name': 'CLOSE_ANGLE', 'filter_out': False, '__type__': 'Terminal'}, {'name': 'separator', '__type__': 'NonTerminal'}],
            'order': 5,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        19: {'origin': {'name': 'body', '__type__': 'NonTerminal'},
            'expansion': [{'name': 'body', '__type__': 'NonTerminal'}, {'name': 'LIST_OPEN', 'filter_out': False, '__type__': 'Terminal'}, {'name': 'list', '__type__': 'NonTerminal'},
                         {'name': 'LIST_CLOSE', 'filter_out': False, '__type__': 'Terminal'}],
            'order': 6,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        20: {'origin': {'name': 'body', '__type__': 'NonTerminal'},
            'expansion': [{'name': 'body', '__type__': 'NonTerminal'}, {'name': 'LIST_OPEN', 'filter_out': False, '__type__': 'Terminal'}, {'name': 'list', '__type__': 'NonTerminal'},
                         {'name': 'LIST_CLOSE', 'filter_out': False, '__type__': 'Terminal'}, {'name': 'separator', '__type__': 'NonTerminal'}],
            'order': 7,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        21: {'origin': {'name': 'separator', '__type__': 'NonTerminal'},
            'expansion': [{'name': 'COMMA', 'filter_out': False, '__type__': 'Terminal'}],
            'order': 0,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        22: {'origin': {'name': 'separator', '__type__': 'NonTerminal'},
            'expansion': [{'name': 'SEMICOLON', 'filter_out': False, '__type__': 'Terminal'}],
            'order': 1,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        23: {'origin': {'name': 'list', '__type__': 'NonTerminal'},
            'expansion': [],
            'order': 0,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        24: {'origin': {'name': 'list', '__type__': 'NonTerminal'},
            'expansion': [{'name': 'values', '__type__': 'NonTerminal'}],
            'order': 1,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        25: {'origin': {'name': 'list', '__type__': 'NonTerminal'},
            'expansion': [{'name': 'messages', '__type__': 'NonTerminal'}],
            'order': 2,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        26: {'origin': {'name': 'values', '__type__': 'NonTerminal'},
            'expansion': [{'name': 'VALUE', 'filter_out': False, '__type__': 'Terminal'}],
            'order': 0,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        27: {'origin': {'name': 'values', '__type__': 'NonTerminal'},
            'expansion': [{'name': 'values', '__type__': 'NonTerminal'}, {'name': 'COMMA', 'filter_out': False, '__type__': 'Terminal'},
                         {'name': 'VALUE', 'filter_out': False, '__type__': 'Terminal'}],
            'order': 1,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        28: {'origin': {'name': 'messages', '__type__': 'NonTerminal'},
            'expansion': [{'name': 'message', '__type__': 'NonTerminal'}],
            'order': 0,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        29: {'origin': {'name': 'messages', '__type__': 'NonTerminal'},
            'expansion': [{'name': 'messages', '__type__': 'NonTerminal'}, {'name': 'COMMA', 'filter_out': False, '__type__': 'Terminal'}, {'name': 'message', '__type__': 'NonTerminal'}],
            'order': 1,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        30: {'origin': {'name': 'message', '__type__': 'NonTerminal'},
            'expansion': [{'name': 'BRACE', 'filter_out': False, '__type__': 'Terminal'}, {'name': 'body', '__type__': 'NonTerminal'}, {'name': 'CLOSE', 'filter_out': False, '__type__': 'Terminal'}],
            'order': 0,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'},
        31: {'origin': {'name': 'message', '__type__': 'NonTerminal'},
            'expansion': [{'name': 'ANGLE', 'filter_out': False, '__type__': 'Terminal'}, {'name': 'body', '__type__': 'NonTerminal'},
                         {'name': 'CLOSE_ANGLE', 'filter_out': False, '__type__': 'Terminal'}],
            'order': 1,
            'alias': None,
            'options': {'keep_all_tokens': True, 'expand1': False, 'priority': None, 'template_source': None, 'empty_indices': (), '__type__': 'RuleOptions'},
            '__type__': 'Rule'}}}
