Option Explicit
' Written by scripts/build_macros.py from the catalogue of sentences; do not edit.

Public Function GoujiText(ByVal Key As String) As String
    Dim Word As String
    Select Case Key
    Case "title"
        Word = Word & "~52FE~7A3D"
    Case "starting"
        Word = Word & "~6B63~5728~542F~52A8~52FE~7A3D~7A0B~5E8F~2026~2026"
    Case "not_saved"
        Word = Word & "~8FD9~4E2A~6587~4EF6~8FD8~6CA1~6709~4FDD~5B58~8FC7~3002~8BF7~5148~4FDD~5B58~5230"
        Word = Word & "~6587~4EF6~5939~91CC~FF0C~518D~70B9~6309~94AE~3002"
    Case "no_python"
        Word = Word & "~6CA1~6709~627E~5230~53EF~7528~7684~0020Python~FF0C~6309~94AE~6682~65F6~4E0D~80F"
        Word = Word & "D~7528~3002~8BF7~5B89~88C5~52FE~7A3D~7A0B~5E8F~5E76~8FD0~884C~4E00~6B21~0020gouj"
        Word = Word & "i~0020install~FF0C~6216~8005~8BF7~4E0B~53D1~8868~683C~7684~5355~4F4D~63D0~4F9B~5"
        Word = Word & "E26~0020runtime~0020~6587~4EF6~5939~7684~7248~672C~3002~4E0D~88C5~4E5F~80FD~586B"
        Word = Word & "~62A5~FF1A~8868~5185~7684~5408~8BA1~3001~6807~7EA2~548C~300C~6821~9A8C~300D~9875"
        Word = Word & "~4E0D~9700~8981~7A0B~5E8F~FF0C~968F~586B~968F~67E5~3002"
    Case "mac"
        Word = Word & "~82F9~679C~7535~8111~4E0A~7684~0020Excel~0020~4E0D~80FD~7528~6309~94AE~542F~52A8"
        Word = Word & "~7A0B~5E8F~3002~8BF7~6539~7528~0020LibreOffice~0020~6253~5F00~0020.ods~0020~7248"
        Word = Word & "~672C~FF0C~6216~8005~5728~7EC8~7AEF~91CC~8FD0~884C~0020gouji~0020check~3002~8868"
        Word = Word & "~5185~7684~5408~8BA1~3001~6807~7EA2~548C~300C~6821~9A8C~300D~9875~7167~5E38~53EF"
        Word = Word & "~7528~3002"
    Case "broken_off"
        Word = Word & "~7A0B~5E8F~4E2D~9014~9000~51FA~FF0C~64CD~4F5C~6CA1~6709~5B8C~6210~3002~8BF7~4FDD"
        Word = Word & "~5B58~6587~4EF6~540E~518D~8BD5~4E00~6B21~FF1B~4ECD~7136~4E0D~884C~FF0C~8BF7~8054"
        Word = Word & "~7CFB~4E0B~53D1~8868~683C~7684~5355~4F4D~3002"
    End Select
    GoujiText = Decoded(Word)
End Function
