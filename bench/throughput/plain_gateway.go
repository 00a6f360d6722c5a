// The simplest gateway in Go: a connection a request, nobody waits for anybody.
//
//	plain_gateway RIG_PORT
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
)

func main() {
	rig := "127.0.0.1:" + os.Args[1]
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parts := strings.SplitN(r.URL.Path, "/", 3)
		question := map[string]string{"command": parts[1]}
		if len(parts) > 2 {
			question["parameter"] = parts[2]
		}
		request, _ := json.Marshal(question)
		connection, err := net.Dial("tcp4", rig)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer connection.Close()
		connection.Write(request)
		var reply []byte
		buffer := make([]byte, 16*1024)
		for {
			count, err := connection.Read(buffer)
			reply = append(reply, buffer[:count]...)
			if end := bytes.IndexByte(reply, 0); end >= 0 {
				reply = reply[:end]
				break
			}
			if err != nil {
				break
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(reply)
	}))
}
